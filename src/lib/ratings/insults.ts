/**
 * Words that insult in Indonesian and in what is mixed with it, as data: a comment with one waits until a manager has read it.
 * Each stands for itself and its common endings (-nya, -lah); none is a part of a harmless word.
 */
export const INSULTS: readonly string[] = [
	...['anjing', 'anjir', 'anjrit', 'asu', 'babi', 'bangsat', 'bajingan', 'bego', 'biadab', 'bodoh', 'brengsek'],
	...['bacot', 'bedebah', 'cupu', 'dungu', 'dongo', 'geblek', 'goblok', 'goblog', 'gila', 'idiot', 'jancok', 'jancuk'],
	...['jalang', 'kampret', 'kampungan', 'keparat', 'kontol', 'kurang ajar', 'lonte', 'memek', 'monyet', 'najis'],
	...['ngentot', 'pantek', 'pelacur', 'perek', 'sialan', 'sinting', 'sundal', 'setan', 'sundala', 'tai', 'telaso'],
	...['tolol', 'bloon', 'oon', 'culas', 'munafik', 'penjilat', 'pemalas', 'maling', 'koruptor'],
	...['stupid', 'idiots', 'moron', 'bitch', 'bastard', 'asshole', 'fuck', 'fucking', 'shit']
];
