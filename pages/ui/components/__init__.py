"""Components of ours: Python beside the JavaScript and CSS that it needs; values in, values out."""
