/** A project. Requests may name it by either; answers name it by number. */
export interface Project {
  readonly id: string;
  readonly number: string;
}

/** The projects that exist. */
export class Projects {
  private readonly projects: readonly Project[];
  constructor(projects: readonly Project[]) {
    this.projects = projects;
  }

  /** The project by its id or number; undefined for one that nobody owns here. */
  find(idOrNumber: string): Project | undefined {
    return this.projects.find(({ id, number }) => id === idOrNumber || number === idOrNumber);
  }

  /** All of them. */
  all(): readonly Project[] {
    return this.projects;
  }
}
