"""The frame of the quality page; what is filled in comes from jobs/quality/page.py."""

from typing import Final

TEMPLATE: Final = """\
{% macro cells(row) %}
<tr>{% for text, flag in row %}<td{% if flag %} class="{{ flag }}"{% endif %}>{{ text }}</td>\
{% endfor %}</tr>
{% endmacro %}
{% macro heads(names) %}
<thead><tr>{% for name in names %}<th>{{ name }}</th>{% endfor %}</tr></thead>
{% endmacro %}
<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>数据质量报告</title>
<style>
body { font: 15px/1.6 "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  color: #1d2433; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin: 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; border-bottom: 2px solid #d5dbe6; }
h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
p.note { color: #5b6475; margin: .2rem 0 .6rem; }
ul.cards { display: flex; flex-wrap: wrap; gap: .8rem; list-style: none; padding: 0; }
ul.cards li { border: 1px solid #d5dbe6; border-radius: .5rem; padding: .5rem 1rem; }
ul.cards b { display: block; font-size: 1.4rem; }
div.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .87rem; }
th, td { border: 1px solid #d5dbe6; padding: .2rem .55rem; text-align: left; }
th { background: #f2f4f8; white-space: nowrap; }
table.figures td + td { text-align: right; font-variant-numeric: tabular-nums; }
.empty { background: #f8c9c4; } .drop { background: #fde0c2; } .jump { background: #fdf0b8; }
.late { background: #dfe3fb; } .bad { background: #f6d3ea; }
details summary { cursor: pointer; padding: .2rem 0; }
@media print { body { max-width: none; margin: 0; } details { display: block; } }
</style>
</head>
<body>
<h1>数据质量报告</h1>
<p class="note">数据来源：{{ sources | join("、") or "无" }}；
月份：{{ span[0] ~ " 至 " ~ span[-1] if span else "无" }}。本页只有统计数，不含任何个人信息。</p>
<ul class="cards">
<li><b>{{ lines | length }}</b>项异常提示</li>
{% for title, number in counts %}
<li><b>{{ number }}</b>{{ title }}</li>
{% endfor %}
<li><b>{{ unasked | length }}</b>项规则、指标、模型无法评估</li>
</ul>
<p class="note">颜色：<span class="empty">空缺</span> <span class="drop">骤降</span>
<span class="jump">骤升</span> <span class="late">滞后</span> <span class="bad">超限</span></p>

<h2>一、逐月行数</h2>
<p class="note">行数为入湖并现行有效的记录；末月可能尚未交付完整。</p>
{% for group in volumes if group.rows %}
<h3>来源 {{ group.title }}</h3>
<div class="wide"><table class="figures">{{ heads(["表"] + months | list) }}
<tbody>
{% for row in group.rows %}{{ cells(row) }}{% endfor %}
</tbody></table></div>
{% endfor %}

<h2>二、异常提示</h2>
{% if lines %}
<div class="wide"><table>
{{ heads(["来源", "表", "月份", "方面", "指标", "本月", "上月", "提示", "受影响的规则等"]) }}
<tbody>
{% for one in lines %}
<tr><td>{{ one.source }}</td><td>{{ one.table }}</td><td>{{ one.month }}</td>\
<td>{{ one.aspect }}</td><td>{{ one.measure }}</td><td>{{ one.value }}</td>\
<td>{{ one.before }}</td><td class="{{ one.flag }}">{{ one.flag_told }}</td>\
<td>{{ one.entries }}</td></tr>
{% endfor %}
</tbody></table></div>
{% else %}
<p>没有异常提示。</p>
{% endif %}

<h2>三、有效性与及时性</h2>
<p class="note">各月合计；有颜色的，至少一个月超出界限。</p>
<div class="wide"><table class="figures">
{{ heads(["来源", "表", "拒收率", "代码表外占比", "平均滞后（天）", "滞后占比", "零点整占比"]) }}
<tbody>
{% for row in kept %}{{ cells(row) }}{% endfor %}
</tbody></table></div>

<h2>四、完整性</h2>
<p class="note">填充率：有值的行所占比例。从未有值的列不列出，见第五部分。</p>
{% for group in filled %}
<details><summary>{{ group.title }}</summary>
<div class="wide"><table class="figures">
{{ heads(["列", "全部月份", "最低", "最低月份", "最近一月", "提示"]) }}
<tbody>
{% for row in group.rows %}{{ cells(row) }}{% endfor %}
</tbody></table></div></details>
{% endfor %}

<h2>五、无法评估</h2>
<p class="note">无法评估不等于没有问题。</p>
<h3>全部数据</h3>
{% if unasked %}
<div class="wide"><table>{{ heads(["编号", "名称", "原因"]) }}
<tbody>
{% for id, title, reason in unasked %}
<tr><td>{{ id }}</td><td>{{ title }}</td><td>{{ reason }}</td></tr>
{% endfor %}
</tbody></table></div>
{% else %}
<p>全部规则、指标、模型都可评估。</p>
{% endif %}
<h3>个别月份</h3>
{% if doubtful %}
<div class="wide"><table>{{ heads(["编号", "名称", "无法评估", "结论存疑"]) }}
<tbody>
{% for id, title, not_asked, doubted in doubtful %}
<tr><td>{{ id }}</td><td>{{ title }}</td><td>{{ not_asked }}</td><td>{{ doubted }}</td></tr>
{% endfor %}
</tbody></table></div>
{% else %}
<p>没有。</p>
{% endif %}

<p class="note">依据的表与版本：
{% for name, version in versions %}{{ name }}@{{ version }} {% endfor %}</p>
</body>
</html>
"""
