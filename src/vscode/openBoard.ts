import type { DashboardView } from '../node/dashboard/dashboardView.ts';

interface Panel {
  opened(root: string): Promise<DashboardView> | null;
}

/** The Dashboard that is open, if one is: whoever writes of a project's rounds writes what a person has before them. */
export class OpenBoard {
  #panel: Panel | null = null;

  /** Views are made when the first is asked for; until then no Dashboard is open. */
  follow(panel: Panel): void {
    this.#panel = panel;
  }

  /** What it shows of this project; null where none is open over it, or where it could not be read. */
  async of(root: string): Promise<DashboardView | null> {
    return (await this.#panel?.opened(root)?.catch(() => null)) ?? null;
  }
}
