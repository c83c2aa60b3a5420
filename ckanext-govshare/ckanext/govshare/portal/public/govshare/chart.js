/* Draws the figures that stand in the page as JSON; without scripts the table below says the same. */
(function () {
  var place = document.querySelector('[data-gs-chart]');
  if (!place || !window.echarts) { return; }
  var figures = JSON.parse(document.getElementById('gs-chart-figures').textContent);
  var style = getComputedStyle(document.documentElement);
  function token(name) { return style.getPropertyValue(name).trim(); }
  var text = token('--gs-text'), line = token('--gs-line');
  var names = figures.points.map(function (p) { return p[0]; });
  var values = figures.points.map(function (p) { return p[1]; });
  var axis = { axisLabel: { color: text }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } }, nameTextStyle: { color: text } };
  function extend(more) { return Object.assign({}, axis, more); }
  var option = { animation: false, textStyle: { color: text, fontFamily: token('--gs-font') }, color: ['#2f6fbe', '#2a9d6e', '#d98a1f', '#b0413e', '#6a5acd', '#2b8a99'],
    tooltip: { trigger: figures.kind === 'bar' || figures.kind === 'line' ? 'axis' : 'item', renderMode: 'richText' }, grid: { left: 16, right: 24, top: 40, bottom: 16, containLabel: true } };
  if (figures.kind === 'pie') {
    option.series = [{ type: 'pie', radius: '68%', label: { color: text }, data: figures.points.map(function (p) { return { name: String(p[0]), value: p[1] }; }) }];
  } else if (figures.kind === 'scatter') {
    option.xAxis = extend({ type: 'value', name: figures.x, scale: true });
    option.yAxis = extend({ type: 'value', name: figures.y, scale: true });
    option.series = [{ type: 'scatter', symbolSize: 7, data: figures.points }];
  } else {
    option.xAxis = extend({ type: 'category', data: names });
    option.yAxis = extend({ type: 'value', name: figures.y });
    option.series = [{ type: figures.kind, data: values, showSymbol: values.length < 60 }];
  }
  place.hidden = false;
  var chart = window.echarts.init(place, null, { renderer: 'svg' });
  chart.setOption(option);
  window.addEventListener('resize', function () { chart.resize(); });
  var form = document.querySelector('[data-gs-draw]');
  if (form) { form.addEventListener('change', function () { form.submit(); }); }
})();
