"""O2U-Net."""
