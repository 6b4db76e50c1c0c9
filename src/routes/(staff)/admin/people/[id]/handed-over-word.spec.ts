import { expect, test } from 'vitest';
import { handedOverWord } from './handed-over-word.ts';

test('the receivers are named with their reports, and those whom the admin may not see are counted', () => {
	const people = [{ id: 'a', name: 'Ani' }];
	expect(handedOverWord(['a.1'], people)).toContain('Penerimanya: Ani (1).');
	expect(handedOverWord(['a.1', 'b.2'], people)).toMatch(/diserahkan: 3\. Penerimanya: Ani \(1\), orang lain \(2\)\./);
	expect(handedOverWord(['b.2'], people)).not.toContain('Penerimanya');
});
