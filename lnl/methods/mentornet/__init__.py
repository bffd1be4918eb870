"""MentorNet: self-paced, and with its predefined curriculum."""
