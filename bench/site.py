"""The program's web as a WSGI application for other servers: `gunicorn bench.site:app`."""

import os

from bot import app as parts
from bot import settings

app = parts.web_app(parts.build(settings.read(os.environ)))
