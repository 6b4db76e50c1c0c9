/** One fault of an input: its place as a dotted path ('' = the whole input) and a code that the screens have words for. */
export interface Issue {
	path: string;
	code: string;
	params?: Record<string, string | number>;
}

/** Does not exist, or the actor may not see it. The response never shows which. */
export class NotFound extends Error {
	override name = 'NotFound';
}

/**
 * The office is not open to the public. `instead`: the nearest open office above it, or all open offices if there is none.
 * `wasOpen`: it was open before, and has been closed again.
 */
export class OfficeClosed extends Error {
	override name = 'OfficeClosed';
	readonly instead: readonly { slug: string; name: string; depth: number }[];
	readonly wasOpen: boolean;
	constructor(office: string, instead: OfficeClosed['instead'], wasOpen: boolean) {
		super(office);
		this.instead = instead;
		this.wasOpen = wasOpen;
	}
}

/** The actor is known, but may not do this. `code` names the missing right, `params` are for its message. */
export class NotAllowed extends Error {
	override name = 'NotAllowed';
	readonly code: string;
	readonly params: Issue['params'];
	constructor(code: string, params?: Issue['params']) {
		super(code);
		this.code = code;
		this.params = params;
	}
}

export type ConflictCode = 'stale' | 'invalid-move' | 'submission-reused';

/** The present state does not allow the request. `present` is that state, if the actor may see it. */
export class Conflict extends Error {
	override name = 'Conflict';
	readonly code: ConflictCode;
	readonly present: {
		status?: string;
		version?: number;
		changes?: readonly string[];
		reason?: string;
		/** Who took the case. */
		taken?: { reference: string; name: string };
	};
	constructor(code: ConflictCode, present: Conflict['present'] = {}) {
		super(code);
		this.code = code;
		this.present = present;
	}
}

/** The input can't be accepted; nothing was stored. */
export class Invalid extends Error {
	override name = 'Invalid';
	readonly issues: readonly Issue[];
	constructor(issues: readonly Issue[]) {
		super(issues.map((issue) => `${issue.path}: ${issue.code}`).join('; '));
		this.issues = issues;
	}
}

/** An input with one fault. */
export function invalid(path: string, code: string, params?: Issue['params']): Invalid {
	return new Invalid([{ path, code, params }]);
}

/** The files of a form can't be accepted: not now (busy, slow, no_room) or never (too_large). Its text can. */
export class FilesRefused extends Invalid {
	override name = 'FilesRefused';
	readonly reason: 'busy' | 'slow' | 'no_room' | 'too_large';
	constructor(reason: FilesRefused['reason']) {
		super([{ path: 'file', code: reason === 'too_large' ? 'files_too_large' : `file_${reason}` }]);
		this.reason = reason;
	}
}

export class StorageFull extends Error {
	override name = 'StorageFull';
	constructor() {
		super('the disk of the database is full');
	}
}

/**
 * Too many attempts. `retryAfter` is in seconds. `code` selects a specific message. Without it, the attempt was not
 * checked, because too many others are waiting.
 */
export class TooMany extends Error {
	override name = 'TooMany';
	readonly retryAfter: number;
	readonly code: string | undefined;
	constructor(retryAfter: number, code?: string) {
		super(`try again in ${retryAfter} s`);
		this.retryAfter = retryAfter;
		this.code = code;
	}
}

/** The site can't start. The operator reads the message, which is one line. */
export class StartError extends Error {
	override name = 'StartError';
}

/** Whether an error, or one that it wraps, has this code, or one that matches the pattern. */
export const hasCode = (cause: unknown, code: string | RegExp): boolean =>
	cause instanceof Error && (('code' in cause && isCode(String(cause.code), code)) || hasCode(cause.cause, code));

const isCode = (code: string, wanted: string | RegExp) =>
	typeof wanted === 'string' ? code === wanted : wanted.test(code);
