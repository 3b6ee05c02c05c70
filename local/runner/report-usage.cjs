// Loaded into a measured process: writes peak memory (kilobytes) and processor time (microseconds) when it exits.
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  require('node:fs').writeSync(3, `${maxRSS} ${userCPUTime + systemCPUTime}`)
})
