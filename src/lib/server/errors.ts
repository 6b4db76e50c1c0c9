/** One thing wrong with what was sent: where (dotted path, '' = the whole), and a code the screens have words for. */
export interface Issue {
	path: string;
	code: string;
	params?: Record<string, string | number>;
}

/** Not there, or not the actor's to see: the two are never told apart. */
export class NotFound extends Error {
	override name = 'NotFound';
}

/** The actor is known, but may not do this. `code` names the missing right. */
export class NotAllowed extends Error {
	override name = 'NotAllowed';
	readonly code: string;
	constructor(code: string) {
		super(code);
		this.code = code;
	}
}

export type ConflictCode = 'stale' | 'invalid-move' | 'submission-reused';

/** The present state does not admit the request. `present` says what stands now, where the actor may know. */
export class Conflict extends Error {
	override name = 'Conflict';
	readonly code: ConflictCode;
	readonly present: { status?: string; version?: number; changes?: readonly string[]; reason?: string };
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

/** The text of a form could be accepted, its files can't: now (busy, slow, no_room) or ever (too_large). */
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

/** More people try at the same time than can wait, and nothing was checked; `retryAfter` in seconds. */
export class TooMany extends Error {
	override name = 'TooMany';
	readonly retryAfter: number;
	constructor(retryAfter: number) {
		super(`try again in ${retryAfter} s`);
		this.retryAfter = retryAfter;
	}
}

/** The site can't start; the message is the one line its operator reads. */
export class StartError extends Error {
	override name = 'StartError';
}
