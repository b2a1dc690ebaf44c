#!/usr/bin/env node
import { main } from '../dist/main.js'

await main(import.meta.dirname ?? new URL('.', import.meta.url).pathname)
