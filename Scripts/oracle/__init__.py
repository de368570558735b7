"""Parts of Scripts/make-oracles.py: tiny models whose truth comes from transformers."""
