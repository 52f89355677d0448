/** What `look` found: in place (with the version or a similar detail), or missing with the reason and the way to mend it. */
export type State =
  | { ok: true; detail: string }
  | { ok: false; reason: string; /** What to do by hand where the set-up fails. */ remedy: string };

/** Receives one line about what is being done now, for people; never a secret. */
export type Progress = (line: string) => void;

/** What is looked at and provided where nothing else is asked for. */
export const everyday = ['docker-client', 'docker', 'compose', 'temporal', 'base-image', 'images'] as const;
/** The names that `--only` takes. A browser is for one test, which asks for it. */
export const componentNames = [...everyday, 'browser'] as const;
export type ComponentName = (typeof componentNames)[number];

/** One thing a machine must have before the demo and the tests can run. */
export interface Component {
  name: ComponentName;
  /** How people call it, e.g. `Docker Engine`. */
  title: string;
  /** Components that must be in place before this one can be looked at or provided. */
  needs: readonly ComponentName[];
  /** Looks and changes nothing. Takes well under a second; never throws for a thing that is merely missing. */
  look(): Promise<State>;
  /**
   * Makes it present. Calling it again after a failure continues. Its word is not taken: `look` is asked again afterwards.
   * @throws SetUpError with a sentence that says what to install by hand.
   */
  provide(progress: Progress): Promise<void>;
  /**
   * Brings up to date what is present, where `look` cannot tell cheaply whether it is. Costs a second or so when nothing changed.
   * Not called when only looking.
   */
  renew?(progress: Progress): Promise<void>;
}

/** Shorthand for a state that is in place. */
export const present = (detail: string): State => ({ ok: true, detail });

/** Shorthand for a state that is missing. */
export const missing = (reason: string, remedy: string): State => ({ ok: false, reason, remedy });
