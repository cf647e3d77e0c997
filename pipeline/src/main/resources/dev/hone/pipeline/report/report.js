(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const main = document.getElementById('report');
  const sections = [];
  const section = (title, note, ...content) => {
    const id = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    sections.push([id, title]);
    main.append(el('section', {'aria-labelledby': id}, el('h2', {id}, title),
      note ? el('p', {class: 'quiet'}, note) : null, ...content));
  };
  const plural = (n, word) => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;
  const duration = seconds => {
    if (!finite(seconds)) return '–';
    if (seconds < 90) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
    const m = Math.round(seconds / 60);
    return m < 90 ? `${m} min` : `${Math.floor(m / 60)} h ${String(m % 60).padStart(2, '0')} min`;
  };

  /* ---- head ---- */
  const ran = data.stages.reduce((sum, stage) => sum + stage.seconds, 0);
  document.title = `${data.name} – Hone report`;
  const state = document.getElementById('state');
  state.textContent = data.state;
  state.classList.add(data.state);
  document.getElementById('when').textContent = new Date(data.written).toLocaleString();
  const nav = el('nav', {'aria-label': 'Sections'});
  const did = data.stages.filter(stage => stage.done > 0)
    .map(stage => `${stage.name}: ${stage.done.toLocaleString('en')}${stage.steps > stage.done ? ` of ${stage.steps.toLocaleString('en')}` : ''} ${stage.done === 1 ? 'step' : 'steps'}, ${duration(stage.seconds)}`);
  main.append(el('h1', {}, data.name),
    el('div', {class: 'quiet'}, did.length ? `${did.join('  ·  ')}  ·  ${duration(ran)} of training in all` : 'No step has been done yet.'),
    nav);

  /* ---- before and after ---- */
  function intervalPlot(value, index) {
    if (!finite(value[0])) return null;
    const x = v => `${(v * 100).toFixed(2)}%`;
    return svg('svg', {class: 'scale', 'aria-hidden': 'true'},
      [0, .25, .5, .75, 1].map(v => svg('line', {x1: x(v), x2: x(v), y1: -7, y2: 41})),
      svg('line', {x1: x(0), x2: x(value[0]), y1: 17, y2: 17, style: `stroke:${color(index)};stroke-width:10;opacity:.25`}),
      finite(value[1]) ? svg('line', {x1: x(value[1]), x2: x(value[2]), y1: 17, y2: 17, style: `stroke:${color(index)};stroke-width:2.5`}) : null,
      svg('circle', {cx: x(value[0]), cy: 17, r: 5.5, fill: color(index)}));
  }
  const signed = v => (v >= 0 ? '+' : '−') + Math.abs(v).toFixed(3);
  function suiteCard(suite) {
    const stones = suite.milestones;
    const first = stones[0];
    const how = first ? `${plural(first.problems, 'problem')}, ${first.temperature === 0 ? 'greedy' : `${plural(first.samples, 'answer')} each at temperature ${first.temperature}`}` : '';
    const rows = stones.map((stone, i) => {
      const [value, low, high] = stone.value;
      const gain = stone.gain && finite(stone.gain[0]) ? stone.gain : null;
      return el('tr', {class: i === stones.length - 1 ? 'last' : null},
        el('td', {}, stone.label),
        el('td', {}, el('div', {class: 'big'}, finite(value) ? value.toFixed(3) : '–'),
          finite(low) ? el('div', {class: 'quiet narrow'}, `${low.toFixed(3)} – ${high.toFixed(3)}`) : null),
        el('td', {class: 'quiet opt'}, finite(low) ? `${low.toFixed(3)} – ${high.toFixed(3)}` : ''),
        el('td', {class: 'plot'}, intervalPlot(stone.value, 0)),
        el('td', {}, gain ? el('span', {class: `gain ${gain[1] > 0 ? 'up' : gain[2] < 0 ? 'down' : ''}`, title: `on the same problems; 95 % interval ${signed(gain[1])} to ${signed(gain[2])}`}, signed(gain[0])) : ''),
        el('td', {class: 'opt'}, finite(stone.other[0]) ? stone.other[0].toFixed(1) : '–'),
        el('td', {class: 'opt'}, finite(stone.other[1]) ? `${(stone.other[1] * 100).toFixed(1)} %` : '–'));
    });
    const more = Object.keys(first ? first.all : {}).filter(key => key !== suite.measure);
    return el('div', {class: 'card suite'},
      el('h3', {}, `${suite.name} · ${suite.measure}`), el('div', {class: 'quiet'}, how),
      el('div', {class: 'table'}, el('table', {class: 'milestones'},
        el('thead', {}, el('tr', {}, ...['', suite.measure].map(t => el('th', {}, t)),
          el('th', {class: 'opt'}, '95 % interval'), el('th', {class: 'plot', style: 'padding-right:1rem'}, '0 to 1'),
          el('th', {}, 'gain'), el('th', {class: 'opt'}, 'mean length'), el('th', {class: 'opt'}, 'cut off'))),
        el('tbody', {}, rows))),
      more.length ? el('details', {}, el('summary', {}, 'Other measures'),
        el('table', {class: 'facts'}, el('thead', {}, el('tr', {}, el('th', {}, ''), more.map(key => el('th', {}, key)))),
          el('tbody', {}, stones.map(stone => el('tr', {}, el('th', {}, stone.label), more.map(key => {
            const v = stone.all[key];
            return el('td', {}, v ? `${shown(v[0])} [${shown(v[1])}, ${shown(v[2])}]` : '–');
          })))))) : null);
  }
  const evaluated = data.suites.filter(suite => suite.milestones.length);
  if (evaluated.length) {
    section('Before and after', 'Accuracy on problems kept for evaluation. Intervals are 95 % bootstrap intervals over problems; a gain compares the same problems with the line above and is coloured where its own interval leaves zero out.',
      el('div', {class: 'stack', style: 'margin-top:1rem'}, evaluated.map(suiteCard)));
  }

  /* ---- accuracy and length over the whole run: every stage gets the same width ---- */
  const place = new Map(data.stages.map((stage, i) => [stage.name, i]));
  const lengthOf = stage => Math.max(stage.steps, stage.done, 1,
    ...data.suites.flatMap(suite => suite.curve.filter(p => p.stage === stage.name).map(p => p.step)));
  const lengths = data.stages.map(lengthOf);
  const across = p => place.get(p.stage) + p.step / lengths[place.get(p.stage)];
  const points = data.suites.flatMap(suite => suite.curve).filter(p => place.has(p.stage));
  const xs = [...new Set(points.map(across))].sort((a, b) => a - b);
  if (xs.length > 1) {
    const end = Math.ceil(Math.max(...xs)) || 1;
    const used = data.stages.slice(0, end);
    const x = {
      min: 0, max: end, cuts: used.map((_, i) => i).slice(1),
      ticks: used.flatMap((stage, i) => [0.5, 1].map(f => [i + f,
        f === 1 ? `${stage.name} ${lengths[i]}` : `${Math.round(lengths[i] * f)}`])),
      text: v => {
        const i = Math.min(used.length - 1, Math.max(0, Math.ceil(v - 1e-9) - 1));
        return `${used[i].name}, step ${Math.round((v - i) * lengths[i])}`;
      },
    };
    const series = pick => data.suites.map(suite => {
      const by = new Map(suite.curve.filter(p => place.has(p.stage)).map(p => [across(p), pick(p)]));
      const column = i => xs.map(v => by.has(v) ? by.get(v)[i] : null);
      return {name: suite.name, ys: column(0), low: column(1), high: column(2), dots: true};
    });
    const lines = (title, note, pick) => lineChart({title, note, xs, x, series: series(pick), plain: true, fromZero: true, height: 250});
    const measures = [...new Set(data.suites.map(suite => suite.measure))].join(', ');
    section('The way there', null, el('div', {class: 'charts wide'},
      lines('Accuracy', `${measures} with its 95 % interval`, p => p.value),
      lines('Answer length', 'mean tokens an answer in the evaluation', p => p.length)));
  }

  /* ---- each stage ---- */
  const CHARTS = [
    {title: 'Loss', keys: ['loss'], only: columns => !columns.reward, note: 'cross-entropy a token'},
    {title: 'Token accuracy', keys: ['mean_token_accuracy']},
    {title: 'Reward', keys: ['reward', /^rewards\/.*\/mean$/], note: 'mean over the sampled answers', fromZero: true},
    {title: 'Groups that carry signal', keys: ['frac_reward_zero_std'], map: v => 1 - v, name: 'share of groups', note: 'share of groups whose answers differ in reward', fromZero: true},
    {title: 'Answer length', keys: ['completions/mean_length'], name: 'tokens', low: 'completions/min_length', high: 'completions/max_length', note: 'tokens: mean, shortest to longest', fromZero: true},
    {title: 'Entropy', keys: ['entropy'], note: 'nats a token: how undecided the policy is', fromZero: true},
    {title: 'Gradient norm', keys: ['grad_norm'], note: 'before clipping', fromZero: true},
    {title: 'KL to the reference', keys: ['kl']},
    {title: 'Clipped tokens', keys: [/^clip_ratio\/(low|high|region)_mean$/], note: 'share of tokens whose ratio left the clip range', fromZero: true},
    {title: 'Answers cut off', keys: ['completions/clipped_ratio'], note: 'share that the length limit ended', fromZero: true},
    {title: 'Reward spread', keys: ['reward_std', /^rewards\/.*\/std$/], note: 'standard deviation', fromZero: true},
    {title: 'Importance weights', keys: ['sampling/importance_sampling_ratio/mean'], name: 'mean', low: 'sampling/importance_sampling_ratio/min', high: 'sampling/importance_sampling_ratio/max', note: 'trainer over sampler: mean, lowest to highest'},
    {title: 'Policy loss', keys: ['policy_loss', 'loss'], note: 'what the gradient is taken of; not a measure of progress'},
    {title: 'Sampler against trainer', keys: [/^sampling\/sampling_logp_difference/, /^training\/rollout_probs_diff/], note: 'difference of the same token’s probability', fromZero: true},
    {title: 'Throughput', keys: [/^perf\/.*tokens_per_second/], note: 'tokens a second', fromZero: true},
    {title: 'Time of a step', keys: ['step_time', /^timing_s\//], note: 'seconds', fromZero: true},
    {title: 'Learning rate', keys: ['lr', 'learning_rate'], fromZero: true, plain: true},
  ];
  const label = key => key.replace(/^(rewards|timing_s|clip_ratio|perf|sampling|training)\//, '').replace(/\/(mean|std)$/, '').replace(/_mean$/, '');
  function stageAxis(steps) {
    const min = steps[0], max = steps[steps.length - 1];
    return {
      min, max, text: v => `step ${v.toLocaleString('en')}`,
      ticks: max > min ? ticks(min, max, 5).found.filter(Number.isInteger).map(v => [v, v.toLocaleString('en')]) : [[min, String(min)]],
    };
  }
  function stageCharts(stage) {
    const steps = stage.columns.step, x = stageAxis(steps);
    const left = new Set(Object.keys(stage.columns).filter(key => key !== 'step'));
    const figures = [];
    for (const spec of CHARTS) {
      if (spec.only && !spec.only(stage.columns)) continue;
      const keys = spec.keys.flatMap(k => k instanceof RegExp ? [...left].filter(key => k.test(key)) : left.has(k) ? [k] : []);
      [...keys, spec.low, spec.high].forEach(key => left.delete(key));
      const filled = keys.filter(key => stage.columns[key].some(finite));
      // A single reward is the reward: drawing it twice says nothing.
      const kept = filled.filter((key, i) => i === 0 || stage.columns[key].some((v, j) => v !== stage.columns[filled[0]][j]));
      if (!kept.length) continue;
      figures.push(lineChart({...spec, xs: steps, x, series: kept.map((key, i) => ({
        name: spec.name || label(key),
        ys: spec.map ? stage.columns[key].map(v => finite(v) ? spec.map(v) : null) : stage.columns[key],
        low: i === 0 ? stage.columns[spec.low] : null, high: i === 0 ? stage.columns[spec.high] : null,
      }))}));
    }
    const other = [...left].filter(key => stage.columns[key].some(finite))
      .map(key => lineChart({title: key, xs: steps, x, series: [{name: key, ys: stage.columns[key]}]}));
    return [el('div', {class: 'charts'}, figures),
      other.length ? el('details', {}, el('summary', {}, plural(other.length, 'more metric')), el('div', {class: 'charts'}, other)) : null];
  }
  const withSteps = data.stages.filter(stage => stage.columns.step.length);
  const long = withSteps.some(stage => stage.columns.step.length > 40);
  smoothing = long ? 0.8 : 0;
  withSteps.forEach((stage, i) => {
    const slider = el('input', {type: 'range', min: 0, max: 0.98, step: 0.02, value: smoothing, 'aria-label': 'Smoothing of every curve'});
    slider.addEventListener('input', () => {
      document.querySelectorAll('input[type=range]').forEach(other => { other.value = slider.value; });
      smoothAll(Number(slider.value));
    });
    section(`Stage ${data.stages.indexOf(stage) + 1}: ${stage.name}`, null,
      el('label', {class: 'controls'}, 'Smoothing', slider, el('span', {}, 'thin lines are the values themselves')),
      ...stageCharts(stage));
  });

  /* ---- the same prompts ---- */
  if (data.answers.length) {
    section('The same prompts, answered again', 'The first prompts of the evaluation, none chosen for its answer.',
      el('div', {class: 'answers'}, data.answers.map(asked => el('article', {class: 'card'},
        el('pre', {class: 'question'}, asked.prompt),
        el('div', {class: 'reference'}, `right: ${asked.reference ?? '–'}${data.suites.length > 1 ? `  ·  ${asked.suite}` : ''}`),
        el('div', {class: 'given'}, asked.given.map(given =>
          el('div', {class: `answer${given.correct ? ' right' : ''}`},
            el('div', {class: 'head'}, el('span', {}, given.label),
              el('span', {}, plural(given.length, 'token') + (given.clipped ? ', cut off' : '')),
              el('span', {class: 'verdict'}, given.correct ? '✓ right' : '✗ wrong')),
            el('pre', {}, given.answer))))))));
  }

  /* ---- times, machine, settings ---- */
  const facts = pairs => el('table', {class: 'facts'}, el('tbody', {}, pairs.map(([key, value]) =>
    el('tr', {}, el('th', {scope: 'row'}, key), el('td', {}, value)))));
  if (withSteps.length) {
    const rows = withSteps.map(stage => {
      const mean = key => { const v = stage.columns[key].filter(finite); return v.reduce((a, b) => a + b, 0) / v.length; };
      const parts = Object.keys(stage.columns).filter(key => key.startsWith('timing_s/'))
        .map(key => `${label(key)} ${duration(mean(key))}`).join(', ');
      return el('tr', {}, el('th', {scope: 'row'}, stage.name), el('td', {class: 'n'}, stage.done.toLocaleString('en')),
        el('td', {class: 'n'}, duration(stage.seconds)), el('td', {class: 'n'}, `${shown(stage.seconds / stage.done)} s`), el('td', {}, parts));
    });
    section('Times', null, el('div', {class: 'card', style: 'margin-top:1rem;overflow-x:auto'}, el('table', {class: 'facts'},
      el('thead', {}, el('tr', {}, el('th', {}, 'stage'), ...['steps', 'time', 'a step'].map(t => el('th', {class: 'n'}, t)), el('th', {}, 'where a step spends it'))),
      el('tbody', {}, rows))));
  }
  const machine = Object.entries(data.machine);
  section('Machine and files', null, el('div', {class: 'charts wide'},
    machine.length ? el('div', {class: 'card'}, facts(machine)) : null,
    el('div', {class: 'card'}, facts(Object.entries(data.files).map(([key, value]) => [key, el('code', {}, value)])))));
  section('Data', null, el('details', {class: 'card', style: 'margin-top:1rem'},
    el('summary', {}, data.bad_rows ? `${plural(data.bad_rows, 'row')} could not be used` : 'Every row could be used'),
    data.bad_rows ? el('table', {class: 'facts'}, el('tbody', {}, data.bad_rows_shown.map(bad =>
      el('tr', {}, el('td', {}, bad.dataset), el('td', {}, bad.row), el('td', {}, bad.reason))))) : el('p', {class: 'quiet'}, 'No row was put aside.'),
    data.bad_rows > data.bad_rows_shown.length ? el('p', {class: 'quiet'}, `and ${data.bad_rows - data.bad_rows_shown.length} more`) : null));
  section('Settings', 'The experiment with every default filled in.', el('details', {class: 'card'},
    el('summary', {}, 'config.yaml'), el('pre', {class: 'config', tabindex: 0}, data.config)));

  nav.append(...sections.map(([id, title]) => el('a', {href: `#${id}`}, title)));
  redraw();
})();
