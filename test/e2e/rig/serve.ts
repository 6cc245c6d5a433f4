import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumArguments } from '../../../scripts/chromium.mjs';
import { startCodeServer, type RunningServer } from '../../../scripts/codeServer.mjs';
import type { Rig } from './prepareRig.ts';
import { Workbench } from './workbench.ts';

const SETTINGS = {
  'workbench.startupEditor': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'extensions.autoUpdate': false,
  'window.restoreWindows': 'none',
  'files.autoSave': 'off',
};

export interface EditorOptions {
  /** The folder to open; null for an empty window. */
  readonly folder: string | null;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of machine scope: in a window whose folder is on a server, they are the server's. */
  readonly machine?: Readonly<Record<string, unknown>>;
  /** Opens the folder in Restricted Mode. */
  readonly restricted?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** The person's home, with what a test has put there; an empty one if not given. */
  readonly home?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A VS Code of its own: settings, home and state in a scratch folder. */
export interface Editor {
  readonly workbench: Workbench;
  readonly server: RunningServer;
  readonly settingsFile: string;
  /** Where it keeps its settings, its state and its logs. */
  readonly userData: string;
  /** Process ids of the extension hosts of this server. */
  readonly extensionHosts: () => number[];
}

/**
 * Starts the server and opens the folder in Chromium; returns when the workbench stands. What has to be ended goes to
 * `onEnd`, to be called in reverse order.
 */
export async function serveEditor(
  rig: Extract<Rig, { missing: null }>,
  scratch: string,
  options: EditorOptions,
  onEnd: (end: () => Promise<void>) => void,
): Promise<Editor> {
  const userData = join(scratch, 'data');
  const settingsFile = join(userData, 'User', 'settings.json');
  mkdirSync(join(userData, 'User'), { recursive: true });
  const trust = {
    'security.workspace.trust.enabled': options.restricted === true,
    'security.workspace.trust.startupPrompt': 'never',
    'security.workspace.trust.banner': 'never',
  };
  writeFileSync(settingsFile, JSON.stringify({ ...SETTINGS, ...trust, ...options.settings }));
  mkdirSync(join(userData, 'Machine'), { recursive: true });
  writeFileSync(join(userData, 'Machine', 'settings.json'), JSON.stringify(options.machine ?? {}));
  const server = await startCodeServer(rig.codeServer, {
    userData,
    extensions: rig.extensions,
    home: options.home ?? join(scratch, 'home'),
    // A test's server lives for seconds, under one account.
    password: null,
    env: { ...withoutTailor(process.env), ...options.environment },
    args: [
      ...(options.restricted === true ? [] : ['--disable-workspace-trust']),
      ...['--reconnection-grace-time', '60'],
    ],
  });
  onEnd(async () => {
    server.stop();
    await server.ended;
  });
  const browser = await chromium.launch({
    executablePath: rig.chromium,
    args: chromiumArguments(),
  });
  onEnd(() => browser.close());
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1400, height: 900 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const workbench = await Workbench.open(await context.newPage(), server.origin, options.folder);
  return {
    workbench,
    server,
    settingsFile,
    userData,
    extensionHosts: () => hostsOf(server.child.pid ?? 0),
  };
}

/** What the person running the tests has set up for Tailor must not decide what the tests see. */
function withoutTailor(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(?:TAILOR_|OPENAI_|VSCODE_|VITEST|NODE_OPTIONS$|XDG_CONFIG_HOME$)/u.test(name),
    ),
  );
}

function hostsOf(group: number): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,pgid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [pid, pgid] = line.trim().split(/\s+/u).map(Number);
    return pgid === group && line.includes('--type=extensionHost') && pid !== undefined
      ? [pid]
      : [];
  });
}
