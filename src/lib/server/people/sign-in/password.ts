import { hash, verify } from '@node-rs/argon2';
import { invalid } from '#lib/server/errors.ts';
import { limitConcurrency } from '#lib/server/limit-concurrency.ts';
import obvious from './obvious-words.json' with { type: 'json' };

const PASSWORD_MIN = 10;
const PASSWORD_MAX = 200;

/**
 * Words and numbers that people guess first, in lower case and without signs, written by hand for offices in Indonesia.
 * A password must not be one of these, alone or several times, or one of the words with any digits. `psswrd` remains
 * of `P@ssw0rd`.
 */
const OBVIOUS: ReadonlySet<string> = new Set(obvious.flatMap((line) => line.split(' ')));

const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\d]/gu, '');

/** `abc` of `abcabcabc`. */
const once = (text: string) => /^(.+?)\1*$/.exec(text)?.[1];

/** Whether the text, or its letters alone, are an obvious word, the username or a part of it that has four letters. */
function isGuessedFirst(plain: string, username: string): boolean {
	const lettersOf = (text: string) => text.replace(/\d/g, '');
	const parts = username.toLowerCase().split(/[^a-z]+/);
	const own = [bare(username), lettersOf(bare(username)), ...parts.filter(({ length }) => length >= 4)];
	return [plain, lettersOf(plain)]
		.flatMap((text) => [text, once(text) ?? ''])
		.some((text) => text !== '' && (OBVIOUS.has(text) || own.includes(text)));
}

/** Whether the text consists of words in the names of the offices, and digits. */
function isOfficeName(plain: string, officeNames: readonly string[]): boolean {
	const words = officeNames.flatMap((name) => name.split(' ').map(bare)).filter((word) => word !== '');
	const longestFirst = words.toSorted((a, b) => b.length - a.length);
	return /[a-z]/.test(plain) && /^[ \d]*$/.test(longestFirst.reduce((rest, word) => rest.replaceAll(word, ' '), plain));
}

/**
 * Refuses passwords of fewer than 10 or more than 200 characters, or of fewer than three different ones. Also refuses
 * an obvious word, the username, a part of it, or words in the names of the offices, with any digits and signs.
 * @throws Invalid
 */
export function checkPassword(password: string, username: string, officeNames: readonly string[] = []): void {
	const path = 'password';
	const length = [...password].length;
	if (length < PASSWORD_MIN) throw invalid(path, 'admin_password_short', { min: PASSWORD_MIN });
	if (length > PASSWORD_MAX) throw invalid(path, 'admin_password_long', { max: PASSWORD_MAX });
	const plain = bare(password);
	const repeated = new Set(password).size < 3;
	if (repeated || isGuessedFirst(plain, username) || isOfficeName(plain, officeNames))
		throw invalid(path, 'admin_password_obvious');
}

/** Hashes one password at a time, so that threads remain for checks of passwords and files. */
const oneAtATime = limitConcurrency(1);

/**
 * Hashes with argon2id and the package's defaults (19 MiB, two passes, as recommended by OWASP), as text for a column.
 */
export const hashPassword = (password: string): Promise<string> => oneAtATime(() => hash(password));

let placeholderHash: Promise<string> | undefined;

/**
 * Whether the password matches the stored hash. Without a hash (unknown account or no password set) a placeholder hash
 * is checked. So the response takes as long and does not reveal which accounts exist.
 */
export async function passwordMatches(stored: string | null | undefined, password: string): Promise<boolean> {
	placeholderHash ??= hash('a password that belongs to nobody');
	const matches = await verify(stored ?? (await placeholderHash), password.slice(0, PASSWORD_MAX * 4));
	return stored ? matches : false;
}
