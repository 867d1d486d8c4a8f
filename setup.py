"""Metadata, dependencies, and the mounting of templates/ and letters/ into the wheel.

The two folders stand at the top of a checkout; installed, they lie inside the package, where `portal.folders` looks.
"""

from setuptools import find_packages, setup

MOUNTED = {"portal.templates": "templates", "portal.letters": "letters"}

RUN = [
    "aiosmtpd>=1.4.6",  # the mail server of the demo
    "alembic>=1.20",
    "argon2-cffi>=25.1",
    "Babel>=2.18",
    "Chameleon>=4.6",
    "colander>=2.0",
    "cryptography>=50",
    "deform>=3.0.1",
    "multipart>=2.0",
    "nh3>=0.3",
    "peppercorn>=0.6",
    "phonenumbers>=9",
    "pi-heif>=1.4",  # photos of iPhones; decoder only
    "pikepdf>=10",
    "Pillow>=13",
    "plaster_pastedeploy>=1.0.1",
    "pyhanko>=0.38",  # electronic signatures in letters
    "pyotp>=2.12",
    "pypdfium2>=5.15",
    "pyramid>=2.1",
    "pyramid_retry>=2.1.1",
    "pyramid_tm>=2.6",
    "rapidfuzz>=3.14",
    "segno>=1.6",
    "setuptools>=77,<81",  # pyramid and deform still import pkg_resources, which setuptools 81 took away
    "snowballstemmer>=3.1",  # what it makes of a word stands in the search index
    "SQLAlchemy>=2.1.9",
    "transaction>=5.1",
    "translationstring>=1.4",
    "tzdata>=2026.1",  # a bare machine may lack the time zones of Indonesia and of the missions
    "pyphen>=0.17",  # hyphenation, loaded before the first letter
    "uharfbuzz>=0.57",  # cuts the fonts in letters to what they use
    "waitress>=3.0.2",
    "weasyprint>=70",
    "WebOb>=1.8.11",
    "zope.sqlalchemy>=4.1",
]
TEST = [
    "axe-playwright-python>=0.1.8",
    "build>=1.6",
    "coverage>=7.17",
    "hypothesis>=6.170",
    "import-linter>=2.16",
    "mypy>=2.4",
    "playwright>=1.65",
    "pytest>=9.2",
    "pytest-xdist>=3.8",
    "ruff>=0.17",
    "types-WebOb>=1.8",
    "webtest>=3.0.7",
    "wheel>=0.48",
    "zxing-cpp>=3.1",  # reads back the QR codes printed on letters
]

setup(
    name="rujukan",
    version="1.0.0",
    description="Documents and referral letters of Indonesia's migrant-worker agency",
    python_requires=">=3.11",
    packages=find_packages(include=["portal", "portal.*"]) + list(MOUNTED),
    package_dir=MOUNTED,
    package_data={name: ["**/*"] for name in ("portal", *MOUNTED)},
    exclude_package_data={"": ["**/__pycache__/*"]},
    install_requires=RUN,
    extras_require={"postgres": ["psycopg[binary]>=3.3.9"], "test": TEST},
    entry_points={"console_scripts": ["portal = portal.cli:main"], "paste.app_factory": ["main = portal.app:main"]},
)
