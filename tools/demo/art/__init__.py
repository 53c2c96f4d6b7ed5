"""Drawings of the demo: logos and flyers, all as SVG shapes."""
