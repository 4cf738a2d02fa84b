import type { AreaClass } from "../../src/api/types";

/** Fuzhou's districts and streets with their codes (divisions of China, MIT), and names as people there bear them. */

export interface Place {
  name: string;
  area: AreaClass;
  streets: readonly (readonly [code: string, name: string])[];
}

export const DISTRICTS: readonly Place[] = [
  { name: "鼓楼供电所", area: "urban", streets: [["350102001", "鼓东街道"], ["350102003", "温泉街道"], ["350102005", "南街街道"], ["350102008", "水部街道"], ["350102009", "五凤街道"]] },
  { name: "台江供电所", area: "urban", streets: [["350103001", "瀛洲街道"], ["350103007", "苍霞街道"], ["350103009", "茶亭街道"], ["350103011", "鳌峰街道"]] },
  { name: "仓山供电所", area: "urban", streets: [["350104001", "仓前街道"], ["350104003", "对湖街道"], ["350104008", "金山街道"], ["350104101", "城门镇"]] },
  { name: "晋安供电所", area: "rural", streets: [["350111001", "茶园街道"], ["350111002", "王庄街道"], ["350111100", "鼓山镇"], ["350111104", "宦溪镇"]] },
];

export const ROADS = [
  "五四路 138 号金源大厦", "湖东路 152 号中山大厦 B 座", "乌山西路 69 号", "华林路 201 号华林花园 3 座 602", "鼓屏路 58 号", "六一中路 256 号茶亭新村 12 座",
  "八一七中路 818 号", "国货西路 39 号", "上渡路 118 号滨江新苑 7 座", "则徐大道 432 号", "金榕南路 10 号榕城广场", "福马路 77 号鹤林新城 21 座 1104",
  "长乐中路 9 号", "连江北路 268 号", "秀峰路 188 号闽台广告园", "福飞北路 175 号", "化工路 53 号", "鳌江路 8 号金融街万达 C1 座", "洪甘路 26 号", "杨桥东路 19 号",
];

export const SURNAMES = ["陈", "林", "黄", "郑", "吴", "王", "张", "刘", "李", "杨", "何", "郭", "翁", "潘", "谢", "高"];
export const GIVEN = ["国强", "秀英", "建华", "志明", "丽娟", "伟", "晓东", "文彬", "美玲", "振宇", "桂香", "家俊", "雪梅", "海峰", "金水", "敏"];

/** As often as they are reported on such a night. */
export const FAULT_CATEGORIES = ["no_power", "no_power", "no_power", "low_voltage", "line_down", "meter_fault", "fire_or_smoke", "other"] as const;

export const FAULT_TEXTS = {
  no_power: ["整栋楼停电，电梯停运，有老人被困七楼", "单户无电，空开未跳", "沿街店面全部停电，红绿灯熄灭", "台风后半个村停电"],
  low_voltage: ["灯光忽明忽暗，空调不能启动", "三相电压不平衡，商铺冷柜停机"],
  line_down: ["树倒压断低压线，落在人行道上", "电线被货车挂断，横在路面"],
  meter_fault: ["电表黑屏，插卡无反应", "表箱进水，表计不走字"],
  fire_or_smoke: ["表箱冒烟，有焦味", "变压器打火并有响声"],
  other: ["电杆倾斜，担心倒塌", "配电箱门脱落"],
} as const;
