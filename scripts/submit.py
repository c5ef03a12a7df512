"""What `spark-submit` runs on a cluster: `python -m jobs`, from the zip that was shipped."""

import sys

from jobs.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
