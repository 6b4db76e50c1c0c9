import { expect, test } from 'vitest';
import { faultOf } from './fault.ts';

const systemError = (code: string) => Object.assign(new Error(`${code}: what the system says`), { code });

test.each([
	['ENOSPC', 'disk_full'],
	['EDQUOT', 'disk_full'],
	['EACCES', 'not_writable'],
	['EROFS', 'not_writable'],
	['23503', 'inconsistent'],
	['57P01', 'other']
])('converts the error code %s of the system or PostgreSQL to the fault %s and keeps its message', (code, fault) => {
	expect(faultOf(systemError(code))).toMatchObject({ code: fault, message: `${code}: what the system says` });
});
