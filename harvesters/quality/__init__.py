"""Rules that a source's rows must keep before they are taken, and what they score."""
