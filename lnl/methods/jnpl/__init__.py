"""JNPL: joint negative and positive learning."""
