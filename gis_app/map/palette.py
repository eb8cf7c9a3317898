"""The one palette: every colour of the program by its role, light and dark."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#RRGGBB` by role. Text roles keep a contrast of at least 4.5 : 1 on `panel` and `window`."""

    name: str
    window: str
    panel: str
    hairline: str
    text: str
    secondary: str
    disabled: str
    accent: str
    accent_text: str  # on accent
    accent_tint: str  # behind selected rows and tools
    danger: str
    warning: str
    success: str
    info: str
    map_ground: str  # beyond the county
    map_land: str  # a cell without a figure
    map_water: str
    cell_border: str
    village_border: str
    township_border: str
    township_halo: str
    county_border: str
    label: str
    label_halo: str
    household: str
    selection: str
    overdue: str
    waiting: str
    in_progress: str
    done: str
    hotspot: str
    coldspot: str


LIGHT = Palette(
    name="light",
    window="#F5F6F8",
    panel="#FFFFFF",
    hairline="#E1E5EA",
    text="#1F2933",
    secondary="#616E7C",  # #7B8794 of the target pictures has only 3.7 : 1 on white
    disabled="#9AA5B1",
    accent="#0B6E75",
    accent_text="#FFFFFF",
    accent_tint="#DDF1F1",
    danger="#C62828",
    warning="#B54708",
    success="#1F7A4D",
    info="#1976D2",
    map_ground="#E6EAEE",
    map_land="#F3F3F1",
    map_water="#C9DDEB",
    cell_border="#A9B4BF",
    village_border="#3E4C59",
    township_border="#9A3412",
    township_halo="#F0B99A",
    county_border="#7B2D0B",
    label="#1F2933",
    label_halo="#FFFFFF",
    household="#1F2933",
    selection="#0B6E75",
    overdue="#C62828",
    waiting="#E08A00",
    in_progress="#1976D2",
    done="#7B8794",
    hotspot="#C2410C",
    coldspot="#2166AC",
)

DARK = Palette(
    name="dark",
    window="#14191E",
    panel="#1B2228",
    hairline="#313B45",
    text="#E6EAEE",
    secondary="#A3AFBA",
    disabled="#66737F",
    accent="#3FB6BC",
    accent_text="#0C1518",
    accent_tint="#1D3F43",
    danger="#F28B82",
    warning="#F5B266",
    success="#6CCB9B",
    info="#7DB7F5",
    map_ground="#0F1317",
    map_land="#242C33",
    map_water="#20384A",
    cell_border="#4A5763",
    village_border="#B8C2CC",
    township_border="#F0A277",
    township_halo="#5C3019",
    county_border="#F3B795",
    label="#F1F4F6",
    label_halo="#14191E",
    household="#E6EAEE",
    selection="#4FD1D7",
    overdue="#FF6B60",
    waiting="#FFB33E",
    in_progress="#64ABF5",
    done="#8C98A4",
    hotspot="#FF8A50",
    coldspot="#72A8E0",
)

PALETTES = {"light": LIGHT, "dark": DARK}
