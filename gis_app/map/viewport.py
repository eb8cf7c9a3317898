"""The window onto the map: which county coordinates are where on the screen."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Viewport:
    """Centre (county coordinates), resolution (their units per pixel), size in logical pixels. y grows north, on the screen down."""

    x: float
    y: float
    resolution: float
    width: int
    height: int

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """Return the pixel position of a point."""
        return self.width / 2 + (x - self.x) / self.resolution, self.height / 2 - (y - self.y) / self.resolution

    def to_map(self, px: float, py: float) -> tuple[float, float]:
        """Return the county coordinates of a pixel position."""
        return self.x + (px - self.width / 2) * self.resolution, self.y - (py - self.height / 2) * self.resolution

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Return (xmin, ymin, xmax, ymax) of what is seen."""
        half_width, half_height = self.width * self.resolution / 2, self.height * self.resolution / 2
        return self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height

    def moved(self, dx: float, dy: float) -> "Viewport":
        """Return the viewport after the map was dragged by (dx, dy) pixels."""
        return replace(self, x=self.x - dx * self.resolution, y=self.y + dy * self.resolution)

    def zoomed(self, factor: float, px: float, py: float) -> "Viewport":
        """Return the viewport magnified by `factor` about a pixel position, which stays where it is."""
        x, y = self.to_map(px, py)
        return replace(self, x=x + (self.x - x) / factor, y=y + (self.y - y) / factor, resolution=self.resolution / factor)

    def resized(self, width: int, height: int) -> "Viewport":
        """Return the viewport with another size and the same centre and resolution."""
        return replace(self, width=width, height=height)

    @staticmethod
    def fitting(extent: tuple[float, float, float, float], width: int, height: int, margin: float = 0.04) -> "Viewport":
        """Return the viewport that shows a whole extent with a margin (share of the size)."""
        xmin, ymin, xmax, ymax = extent
        across = max((xmax - xmin) / max(width, 1), (ymax - ymin) / max(height, 1), 0.001)
        return Viewport((xmin + xmax) / 2, (ymin + ymax) / 2, across / (1 - 2 * margin), width, height)
