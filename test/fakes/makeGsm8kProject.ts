// Usage: node test/fakes/makeGsm8kProject.ts DIR. A project to review by hand: the 1,319 GSM8K test questions with the
// published solutions of four models as the attempts of round 0. Needs ../shared/data.
import { resolve } from 'node:path';
import { writeGsm8kProject } from './gsm8kProject.ts';
import { NO_PUBLIC_DATA } from './publicData.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder of the new project.');
if (NO_PUBLIC_DATA !== null) throw new Error(`The project ${NO_PUBLIC_DATA}.`);
await writeGsm8kProject(resolve(folder));
console.log(`Made ${resolve(folder)}.`);
