// Loaded into a measured process: writes peak memory (kilobytes) and processor time (microseconds) when it exits.
const fs = require('node:fs')

// `maxRSS` counts the memory of the process that started this one, until it was replaced. `VmHWM` does not.
function peakKilobytes() {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))
    if (peak) return Number(peak[1])
  } catch {
    // Only Linux has this file.
  }
  return process.resourceUsage().maxRSS
}

process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  fs.writeSync(3, `${peakKilobytes()} ${userCPUTime + systemCPUTime}`)
})
