from . import controllers, engine, models, report, wizards
from .hooks import post_init_hook
