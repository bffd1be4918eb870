"""SCE: symmetric cross entropy."""
