# One image for every service of docker-compose.yml; what a container does is its command.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    OMP_NUM_THREADS=1 \
    DATA_DIR=/var/lib/reading-journey \
    STATIC_ROOT=/srv/static

RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin reader \
    && install -d -o reader -g reader /var/lib/reading-journey /srv/static

WORKDIR /app

# The packages before the code: a change of code builds in seconds.
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt

COPY manage.py pyproject.toml ./
COPY readingjourney ./readingjourney
COPY journeys ./journeys
COPY music ./music
COPY templates ./templates
COPY static ./static
COPY locale ./locale

USER reader

# A secret only for this step: the running containers get theirs from the environment.
RUN SECRET_KEY=only-for-collecting python manage.py collectstatic --noinput --verbosity 0

EXPOSE 8000
STOPSIGNAL SIGTERM

# What docker-compose.yml gives the web service.
CMD ["python", "-m", "gunicorn", "readingjourney.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--no-control-socket"]
