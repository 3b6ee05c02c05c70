// Loaded into a measured process. Writes peak memory (kilobytes) and CPU time (microseconds) to file descriptor 3 at exit.
const fs = require('node:fs')

// `maxRSS` includes the memory that this process shared with its parent between fork and exec. `VmHWM` does not.
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
