"""What a design whose points are drawn shows by itself: scatter, scores of factors, parallel coordinates and pairs."""
