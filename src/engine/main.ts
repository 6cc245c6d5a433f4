import process from 'node:process';
import { childMessageSchema } from '../core/exam/engineContract.ts';
import { ExamProcess } from './examProcess.ts';

/** Entry of the engine's child process: speaks engineContract over the fork's channel and ends with it. */
function main(): void {
  if (process.send === undefined) {
    process.stderr.write(
      'This is the exam engine’s child process: it is started by Tailor only.\n',
    );
    process.exitCode = 2;
    return;
  }
  // A parent that dies, by whatever signal, closes the channel: no orphan stays.
  process.on('disconnect', () => process.exit(0));
  const exam = new ExamProcess((message) => {
    if (process.connected) process.send?.(childMessageSchema.parse(message));
  });
  process.on('message', (raw) => void exam.receive(raw));
  void exam.hello();
}

main();
