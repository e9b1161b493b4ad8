"""`gateway.yaml`: from text with places to frozen Settings, every complaint at once, before anything starts.

Nothing is served here and no secret's value is kept: settings hold references, which the edge reads when it needs them.
"""

from gateway.settings.data import Address, Backend, Settings, TenantSettings, Token
from gateway.settings.load import SettingsReport, check_settings, default_config, load_settings

__all__ = [
    "Address",
    "Backend",
    "Settings",
    "SettingsReport",
    "TenantSettings",
    "Token",
    "check_settings",
    "default_config",
    "load_settings",
]
