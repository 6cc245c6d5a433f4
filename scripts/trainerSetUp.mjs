// Makes the trainer's Python environment while the editor is open already; npm start runs it beside itself.
import { ensurePython, failSetup, say } from './environment.mjs';

try {
  const python = await ensurePython();
  say(`The trainer is ready: ${python}`);
} catch (error) {
  say('The trainer is not ready; exams and review work without it.');
  failSetup(error);
}
