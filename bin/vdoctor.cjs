#!/usr/bin/env node
require('./installed.cjs').exports.main(__dirname)
