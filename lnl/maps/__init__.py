"""Maps of features: neighbours, PCA and UMAP, and the one process that makes them."""
