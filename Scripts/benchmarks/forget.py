"""Drops a file's pages from the page cache, so that whoever opens it next reads the disk.

Usage: forget.py FILE
"""
import os
import sys

descriptor = os.open(sys.argv[1], os.O_RDWR)
os.fsync(descriptor)  # only pages that are on the disk can be dropped
os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
os.close(descriptor)
