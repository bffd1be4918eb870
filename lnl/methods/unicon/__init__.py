"""UniCon: uniform selection and contrastive learning."""
