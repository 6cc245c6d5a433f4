// Usage: node countLines.ts FILE. Reads a JSONL file and prints counts and the largest memory this process had (MB).
import { writeSync } from 'node:fs';
import { readJsonLines } from '../../../src/node/storage/jsonLines.ts';

const reasons = new Map<string, number>();
const { values, bad, blank } = await readJsonLines(process.argv[2] ?? '', {
  onValue: () => undefined,
  onBad: (bad) => {
    const reason = String(bad.reason);
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  },
});
const maxRssMB = process.resourceUsage().maxRSS / 1024;
writeSync(1, `${JSON.stringify({ values, bad, blank, maxRssMB, reasons: [...reasons] })}\n`);
