import { expect, test } from 'vitest';
import { faultOf } from './fault.ts';

const thrown = (code: string) => Object.assign(new Error(`${code}: what the system says`), { code });

test.each([
	['ENOSPC', 'disk_full'],
	['EDQUOT', 'disk_full'],
	['EACCES', 'not_writable'],
	['EROFS', 'not_writable'],
	['23503', 'inconsistent'],
	['57P01', 'other']
])('%s of the system is the fault %s, with the system’s own words', (code, fault) => {
	expect(faultOf(thrown(code))).toMatchObject({ code: fault, message: `${code}: what the system says` });
});
