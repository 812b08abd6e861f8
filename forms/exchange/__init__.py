"""Forms from and to other systems' files. What had no room here is told part by part, never dropped in silence."""
