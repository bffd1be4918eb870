"""Three margin losses, bounded or linear: unhinged, sigmoid, Savage."""
