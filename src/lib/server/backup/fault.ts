import { StartError } from '#lib/server/errors.ts';

/** Why a backup or a restore failed. The page has a text for each code (`backup_fault_…`). */
export type FaultCode =
	| 'already_running'
	| 'damaged'
	| 'disk_full'
	| 'inconsistent'
	| 'newer'
	| 'no_archive'
	| 'no_database'
	| 'not_empty'
	| 'not_encrypted'
	| 'not_writable'
	| 'other_key'
	| 'passphrase_missing'
	| 'passphrase_wrong'
	| 'stopped'
	| 'other';

/** Error that ends a backup or a restore. The command prints its message as one line. */
export class BackupFault extends StartError {
	readonly code: FaultCode;
	constructor(code: FaultCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

const FAULT_OF_ERRNO: Record<string, FaultCode> = {
	ENOSPC: 'disk_full',
	EDQUOT: 'disk_full',
	EACCES: 'not_writable',
	EPERM: 'not_writable',
	EROFS: 'not_writable',
	ENOTDIR: 'not_writable'
};

/** Converts any error to a BackupFault. Errors of the disk have codes of their own, all others are `other`. */
export function faultOf(cause: unknown): BackupFault {
	if (cause instanceof BackupFault) return cause;
	const { code, message } = cause as NodeJS.ErrnoException;
	if ((cause as Error).name === 'AbortError')
		return new BackupFault('stopped', 'stopped before it was done', { cause });
	// Class 23 of PostgreSQL's error codes: a row violates a constraint of its table.
	const known = FAULT_OF_ERRNO[code ?? ''] ?? (/^23\w{3}$/.test(code ?? '') ? 'inconsistent' : 'other');
	return new BackupFault(known, message, { cause });
}
