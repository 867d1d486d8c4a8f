"""The generic screens: written once, they serve every kind of item."""
