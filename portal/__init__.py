"""Rujukan: documents, letters and referrals for the complaints of Indonesian migrant workers."""
