#!/usr/bin/env node
require('./load.cjs').load().cli.main(__dirname)
