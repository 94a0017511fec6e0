"""A classifier with as many multiply-adds as the joint network."""
