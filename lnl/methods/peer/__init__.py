"""Peer loss."""
