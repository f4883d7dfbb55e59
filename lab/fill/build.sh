#!/bin/bash
cd /work/lab/fill && swiftc -O -swift-version 6 -strict-memory-safety -wmo Sources/*.swift bench/*.swift -o fillbench 2>&1 | grep -E "error|warning" -A3 | grep -v "^ *|$"
