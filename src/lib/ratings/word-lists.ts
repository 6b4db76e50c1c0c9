const words = (list: string): string[] => list.trim().split(/\s+/);

/**
 * Insults in Indonesian and in languages mixed with it. A comment with one is hidden until a manager has reviewed it.
 * Common endings (-nya, -lah) are matched too. None of them is part of a harmless word.
 */
export const INSULTS: readonly string[] = [
	'kurang ajar',
	...words(`
		anjing anjir anjrit asu babi bangsat bajingan bego biadab bodoh brengsek bacot bedebah cupu dungu dongo geblek
		goblok goblog gila idiot jancok jancuk jalang kampret kampungan keparat kontol lonte memek monyet najis ngentot
		pantek pelacur perek sialan sinting sundal setan sundala tai telaso tolol bloon oon culas munafik penjilat
		pemalas maling koruptor stupid idiots moron bitch bastard asshole fuck fucking shit
	`)
];
