"""Text support: short, kind, correct texts for people who want help and are not ready to talk."""
